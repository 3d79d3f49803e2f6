/** The live event of an entry, around its JSON text: serialised once, whoever reads it. */
export function toActivityFrame(seq: number, entryJson: string): string {
  return `{"type":"activity_logged","seq":${seq},"entry":${entryJson}}`
}
