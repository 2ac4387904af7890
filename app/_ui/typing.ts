/** Single-letter keys work only where no letter is wanted: outside fields, and with no layer open. */
export function keysAreFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return false;
  const at = event.target;
  if (
    at instanceof HTMLElement &&
    (at.isContentEditable || at.closest('input, textarea, select, [role="menu"], [role="dialog"]'))
  ) {
    return false;
  }
  return document.querySelector('[role="dialog"], [role="menu"]') === null;
}
