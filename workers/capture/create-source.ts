import type { SourceSettings } from '../../src/protocol/worker-messages.ts'
import type { FrameSource, SourceEvents } from './frame-source.ts'
import { ScreenSource } from './screen-source.ts'
import { TestcardSource } from './testcard-source.ts'

export function createSource(settings: SourceSettings, events: SourceEvents): FrameSource {
  switch (settings.type) {
    case 'testcard':
      return new TestcardSource(settings.fps, events)
    case 'screen':
      return new ScreenSource(settings, events)
  }
}
