/** Gives a file to the browser's downloads. */
export function saveFile(name: string, blob: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser has taken hold of it with the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000)
}
