/** Forms: what changes something carries the token that shows it comes from our own page. */
import type { Child } from 'hono/jsx';

export interface PostFormProps {
  readonly formToken: string;
  readonly action: string;
  readonly class?: string;
}

export function PostForm(props: PostFormProps & { readonly children?: Child }): Child {
  return (
    <form {...(props.class !== undefined && { class: props.class })} method="post" action={props.action}>
      <input type="hidden" name="form-token" value={props.formToken} />
      {props.children}
    </form>
  );
}

/** A form that is one button: what it does, and to which. */
export function PostButton({
  name,
  value,
  destructive = false,
  label,
  children,
  ...form
}: PostFormProps & {
  readonly name: string;
  readonly value: string;
  readonly destructive?: boolean;
  /** What it is read aloud as, where its text alone does not say to which. */
  readonly label?: string;
  readonly children?: Child;
}): Child {
  return (
    <PostForm {...form}>
      <button
        {...(destructive && { class: 'bad' })}
        {...(label !== undefined && { 'aria-label': label })}
        type="submit"
        name={name}
        value={value}
      >
        {children}
      </button>
    </PostForm>
  );
}

/** Why what was sent was not done; nothing where nothing was refused. */
export function Refused({ refusal }: { readonly refusal: string | undefined }): Child {
  return refusal === undefined ? null : <p class="banner bad">{refusal}</p>;
}

export function Choice(props: {
  readonly name: string;
  readonly title: string;
  readonly options: readonly string[];
  readonly chosen: string | undefined;
  /** What stands for no choice. */
  readonly any?: string;
}): Child {
  return (
    <label>
      {props.title}
      <br />
      <select name={props.name}>
        <option value="">{props.any ?? 'any'}</option>
        {props.options.map((option) => (
          <option value={option} selected={option === props.chosen}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
