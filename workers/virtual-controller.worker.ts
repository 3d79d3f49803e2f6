import {
  assertNever,
  type VirtualControllerCommand,
  type VirtualControllerOptions,
  type VirtualControllerReport,
} from '../src/protocol/worker-messages.ts'
import { openWorkerSide } from '../src/threads/inside/worker-side.ts'
import { VirtualController } from './virtual-controller/virtual-controller.ts'

const side = openWorkerSide<VirtualControllerOptions, VirtualControllerCommand, VirtualControllerReport>()
const controller = new VirtualController(side.options, (level, message, fields) =>
  side.log(level, message, fields),
)

const { httpPort, ddpPort, realtimePort } = await controller.start()
// Before `ready`: messages keep their order, so whoever awaited the start knows the ports.
side.send({ kind: 'listening', http_port: httpPort, ddp_port: ddpPort, realtime_port: realtimePort })
side.ready({
  onCommand(command) {
    switch (command.kind) {
      case 'plug':
        controller.plug()
        return
      case 'unplug':
        controller.unplug()
        return
      default:
        assertNever(command)
    }
  },
  onStop: () => controller.stop(),
})
