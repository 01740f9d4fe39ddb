/** Style and script of the pages, inline so that they work without a network. The page reads well without the script. */
export const style = `
:root{color-scheme:light dark;--ink:#1d2126;--soft:#5c6670;--line:#d9dee3;--ground:#fff;--box:#f5f7f9;--link:#0b57a4;--get:#0b6b3a;--post:#8a4b00;--put:#5b3fa8;--delete:#a3192e}
@media (prefers-color-scheme:dark){:root{--ink:#e4e8ec;--soft:#9aa5b0;--line:#343b43;--ground:#15181c;--box:#1d2227;--link:#7db7f0;--get:#6fce9b;--post:#e2ab66;--put:#b9a4f2;--delete:#f08a98}}
*{box-sizing:border-box}
body{margin:0;display:grid;grid-template-columns:19rem minmax(0,1fr);font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1rem;border-right:1px solid var(--line);font-size:.85rem}
nav h2{font-size:.75rem;margin:1.1rem 0 .2rem;color:var(--soft);text-transform:uppercase;letter-spacing:.05em}
nav ul{list-style:none;margin:0;padding:0}nav li{padding:.1rem 0;overflow-wrap:anywhere}nav a{color:inherit;text-decoration:none}nav a:hover{text-decoration:underline}
nav input{width:100%;padding:.35rem .5rem;font:inherit;color:inherit;background:var(--box);border:1px solid var(--line);border-radius:4px}
.brand{font-weight:700;font-size:1.1rem;margin:0 0 .6rem}
main{padding:1.5rem 2.5rem 6rem;max-width:62rem}main.alone{grid-column:1/-1}
h1{font-size:1.7rem;margin:.2rem 0 1rem}section>h2{margin:2.5rem 0 .5rem;padding-bottom:.3rem;border-bottom:2px solid var(--line)}
article{padding:1rem 0;border-bottom:1px solid var(--line);scroll-margin-top:1rem}h3{font-size:1rem;margin:.4rem 0;overflow-wrap:anywhere}
.summary{font-weight:600;margin:.3rem 0}.meta{color:var(--soft);font-size:.85rem;margin:.3rem 0}
code{font:.875em/1.5 ui-monospace,monospace}pre{position:relative;background:var(--box);border:1px solid var(--line);border-radius:6px;padding:.7rem 1rem;overflow:auto}
table{border-collapse:collapse;width:100%;margin:.7rem 0;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}th{color:var(--soft);font-weight:600}
a{color:var(--link)}tr:target,article:target{background:var(--box)}
b.get{color:var(--get)}b.post{color:var(--post)}b.put{color:var(--put)}b.delete{color:var(--delete)}
button{position:absolute;top:.4rem;right:.4rem;font:inherit;font-size:.75rem;color:inherit;background:var(--ground);border:1px solid var(--line);border-radius:4px;cursor:pointer}
@media (max-width:52rem){body{display:block}nav{position:static;height:auto;max-height:40vh;border-right:0;border-bottom:1px solid var(--line)}main{padding:1rem}}
`;

export const script = `
var here=location.origin+document.body.dataset.base;
document.querySelectorAll('.origin').forEach(function(at){at.textContent=here});
document.querySelectorAll('pre.try').forEach(function(pre){var code=pre.querySelector('code');code.textContent=code.textContent.replaceAll('$HERALD',here);
var button=document.createElement('button');button.textContent='Copy';button.onclick=function(){navigator.clipboard.writeText(code.textContent).then(function(){button.textContent='Copied'})};pre.append(button)});
var filter=document.getElementById('filter');if(filter)filter.oninput=function(){var words=filter.value.toLowerCase();document.querySelectorAll('nav [data-find]').forEach(function(li){li.hidden=!li.dataset.find.includes(words)})};
`;
