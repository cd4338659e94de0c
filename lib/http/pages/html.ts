/** A page of Usher's own, around its main part; works without a framework, on every host. */
export function htmlPage(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1.5rem;color:#1c1c28;background:#fdfcf9}code{background:#efece3;padding:.1em .35em;border-radius:.25em}a{color:#7a1f3d}input,button{font:inherit;padding:.3em .6em}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
