/** Signing in: with an API token, or with the organisation's provider. What was typed before the session ended is kept. */
import type { Child } from 'hono/jsx';
import type { Links } from '../links.ts';
import type { Shown } from '../page.ts';
import { PostForm, Refused } from '../parts/form.tsx';

export interface SignInForm {
  readonly links: Links;
  readonly formToken: string;
  /** Path to go on with. */
  readonly then: string;
  /** Fields of a form that was sent after the session had ended. */
  readonly kept: ReadonlyMap<string, string>;
  readonly provider: boolean;
  readonly refusal?: string;
}

export const keptPrefix = 'kept.';

export function signInPage(form: SignInForm): Shown {
  return {
    title: 'Sign in',
    status: form.refusal === undefined ? 200 : 401,
    body: (
      <>
        <h1>Sign in</h1>
        <Refused refusal={form.refusal} />
        {form.kept.size > 0 && (
          <p class="banner warn">
            Your session had ended. What you typed is kept: sign in with a token, and send it again.
          </p>
        )}
        <PostForm formToken={form.formToken} action={form.links.signIn}>
          <input type="hidden" name="then" value={form.then} />
          <KeptFields fields={form.kept} prefix={keptPrefix} />
          <label>
            API token
            <br />
            <input type="password" name="token" required maxlength={8_192} size={50} autocomplete="off" />
          </label>
          <p>
            <button class="main" type="submit">
              Sign in
            </button>
          </p>
        </PostForm>
        {form.provider && (
          <p>
            <a href={`${form.links.signIn}/provider?then=${encodeURIComponent(form.then)}`}>
              Sign in with your organisation
            </a>
          </p>
        )}
        <p class="muted">
          An administrator makes tokens with <code>herald token create</code>.
        </p>
      </>
    ),
  };
}

interface KeptForm {
  readonly links: Links;
  readonly formToken: string;
  readonly then: string;
  readonly kept: ReadonlyMap<string, string>;
}

/** After signing in with kept fields: nothing is sent that the person does not send. */
export function sendAgainPage(form: KeptForm): Shown {
  return { title: 'Signed in', body: <KeptForm title="You are signed in" {...form} /> };
}

/** A form of ours that was shown to this browser too long ago, or to somebody else in it. */
export function staleFormPage(form: KeptForm): Shown {
  return {
    title: 'The page was too old',
    status: 403,
    body: (
      <KeptForm title="The page was too old" {...form}>
        <p class="banner warn">Nothing was done. What you typed is kept: look at it, and send it again.</p>
        {[...form.kept].map(([name, value]) => (
          <label>
            {name}
            <textarea class="short" readonly>
              {value}
            </textarea>
          </label>
        ))}
      </KeptForm>
    ),
  };
}

function KeptForm(props: KeptForm & { readonly title: string; readonly children?: Child }): Child {
  return (
    <>
      <h1>{props.title}</h1>
      {props.children}
      <PostForm formToken={props.formToken} action={props.then}>
        <KeptFields fields={props.kept} prefix="" />
        <p>
          <button class="main" type="submit">
            Send what you typed
          </button>{' '}
          <a href={props.links.home}>Leave it</a>
        </p>
      </PostForm>
    </>
  );
}

function KeptFields(props: { readonly fields: ReadonlyMap<string, string>; readonly prefix: string }): Child {
  return [...props.fields].map(([name, value]) => (
    <input type="hidden" name={`${props.prefix}${name}`} value={value} />
  ));
}
