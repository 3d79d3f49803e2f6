import { signal } from '@preact/signals'

export interface Toast {
  readonly id: number
  readonly kind: 'info' | 'error'
  readonly text: string
}

const SHOWN_MS = 6_000

/** Short messages at the edge of the page, gone after six seconds. */
export class Toasts {
  readonly shown = signal<readonly Toast[]>([])
  #count = 0

  show(kind: Toast['kind'], text: string): void {
    this.#count += 1
    const toast = { id: this.#count, kind, text }
    this.shown.value = [...this.shown.value.slice(-2), toast]
    setTimeout(() => this.dismiss(toast.id), SHOWN_MS)
  }

  dismiss(id: number): void {
    this.shown.value = this.shown.value.filter((toast) => toast.id !== id)
  }
}
