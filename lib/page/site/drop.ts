// Files that are dropped on the page: a picture goes to the drawing board, anything else is read as a rule.

export function acceptDrops(open: {
  readonly picture: (file: File) => void;
  readonly rule: (file: File) => void;
}): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) (file.type.startsWith("image/") ? open.picture : open.rule)(file);
  });
}
