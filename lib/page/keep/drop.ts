// Files that are dropped on the page: a picture goes to the drawing board, anything else is read as a rule.

import type { Session } from "../app/session.js";

export function acceptDrops(
  session: Session,
  open: { readonly picture: (file: File) => void; readonly rule: (file: File) => Promise<void> },
): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    if (file.type.startsWith("image/")) open.picture(file);
    else open.rule(file).catch((error) => session.tell(error));
  });
}
