/**
 * One source and the targets that show it. Frames are captured, mapped, encoded and sent here;
 * pixels never leave this thread except as previews somebody asked for.
 */
import {
  assertNever,
  type CaptureCommand,
  type CaptureOptions,
  type CaptureReport,
} from '../src/protocol/worker-messages.ts'
import { openWorkerSide } from '../src/threads/inside/worker-side.ts'
import { ShownSource } from './capture/shown-source.ts'
import type { JournalSink } from './capture/source-journal.ts'
import { Targets } from './capture/targets.ts'

const side = openWorkerSide<CaptureOptions, CaptureCommand, CaptureReport>()
const targets = new Targets(side)
const quiet: JournalSink = { record: () => {}, send: (report) => side.send(report) }
const source = new ShownSource(
  side.options,
  side.options.is_silent ? quiet : side,
  (frame, replaced, frameMs) => targets.takeFrame(frame, replaced, frameMs),
)
let isStopping = false

side.ready({
  onCommand(command) {
    if (!isStopping) obey(command)
  },
  async onStop() {
    isStopping = true
    await Promise.all([source.stop(), targets.stopAll()])
    source.stopped()
  },
})
source.start()

function obey(command: CaptureCommand): void {
  switch (command.kind) {
    case 'run-target':
      if (!targets.has(command.plan.target_id)) source.begin()
      targets.run(command.plan)
      return
    case 'stop-target':
      targets.stop(command.target_id)
      return
    case 'leave-target':
      targets.leave(command.target_id)
      return
    case 'source-name':
      source.rename(command.name)
      return
    case 'source-settings':
      source.change(command.settings)
      return
    case 'preview':
      targets.watch(command.target_ids)
      return
    default:
      assertNever(command)
  }
}
