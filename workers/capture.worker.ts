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
import { createSource } from './capture/create-source.ts'
import { type JournalSink, SourceJournal } from './capture/source-journal.ts'
import { Targets } from './capture/targets.ts'

const side = openWorkerSide<CaptureOptions, CaptureCommand, CaptureReport>()
const targets = new Targets(side)
const source = createSource(side.options.settings, {
  onFrame(frame, replaced, frameMs) {
    journal.frame()
    targets.takeFrame(frame, replaced, frameMs)
  },
  onFailure: (reason, kind) => journal.failed(reason, kind),
  onBackend: (description, reason) => journal.backendChanged(description, reason),
  onEnd: () => journal.ended(),
})
const quiet: JournalSink = { record: () => {}, send: (report) => side.send(report) }
const journal = new SourceJournal(side.options.is_silent ? quiet : side, side.options, source.description)
let isStopping = false

side.ready({
  onCommand(command) {
    if (!isStopping) obey(command)
  },
  async onStop() {
    isStopping = true
    await Promise.all([source.stop(), targets.stopAll()])
    journal.stopped()
  },
})
journal.starting()
source.start()

function obey(command: CaptureCommand): void {
  switch (command.kind) {
    case 'run-target':
      targets.run(command.plan)
      return
    case 'stop-target':
      targets.stop(command.target_id)
      return
    case 'source-name':
      journal.renamed(command.name)
      return
    case 'preview':
      targets.watch(command.target_ids)
      return
    default:
      assertNever(command)
  }
}
