// Texts inside a page that cannot be taken for markup.

export function jsonInScript(json: string): string {
  return json.replaceAll("<", "\\u003c");
}

/** A script whose strings cannot be taken for markup. */
export function codeInScript(code: string): string {
  return code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

export function inText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
