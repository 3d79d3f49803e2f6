import { useCallback } from 'preact/hooks'
import type { Device, DeviceInput, FoundController } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'
import { useAction } from '../ui/use-action.ts'

const DEFAULT_LED_COUNT = 60

export interface FoundControllersProps {
  /** How many are shown here; a link leads to all. Default: all. */
  readonly most?: number
}

/** Controllers on the network that are not yet devices, each added with one click. */
export function FoundControllers({ most = Number.POSITIVE_INFINITY }: FoundControllersProps) {
  const { entities, i18n } = useApp()
  const found = entities.found.value
  if (found.length === 0) return null
  return (
    <section class="card found">
      <header class="card-head">
        <h2>{i18n.t('found.title', { n: found.length })}</h2>
        {found.length > most && <a href="/devices">{i18n.t('dashboard.all')}</a>}
      </header>
      <ul class="lines">
        {found.slice(0, most).map((controller) => (
          <li key={controller.key}>
            <FoundLine controller={controller} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function FoundLine({ controller }: { readonly controller: FoundController }) {
  const { http, entities, session, toasts, i18n } = useApp()
  const { t } = i18n
  const [add, isBusy] = useAction(
    useCallback(async () => {
      const device = await http.post<Device>('/api/v1/devices', toDevice(controller))
      await Promise.all([entities.load('devices'), entities.load('found')])
      toasts.show('info', t('device.added', { name: device.name }))
    }, [http, entities, toasts, t, controller]),
  )
  const { name, address, info } = controller
  return (
    <div class="device-line">
      <span class="dot" data-state="found" />
      <span class="device-name">
        <bdi>{name}</bdi>
      </span>
      <span class="muted device-facts">
        {address}
        {info?.led_count != null && ` · ${t('device.leds', { n: info.led_count })}`}
        {info?.version != null && ` · ${info.version}`}
      </span>
      <button
        type="button"
        class="button small primary"
        disabled={isBusy || !session.can('operator')}
        onClick={add}
      >
        <Icon name="plus" />
        {t('found.add')}
        <span class="visually-hidden">{name}</span>
      </button>
    </div>
  )
}

/** A found controller as a device, with all it has told of itself. */
function toDevice({ name, type, address, port, mac, ddp_port, info }: FoundController): DeviceInput {
  return {
    name: name.slice(0, 200),
    type,
    address,
    port,
    led_count: info?.led_count || DEFAULT_LED_COUNT,
    ...(ddp_port !== null && { realtime_port: ddp_port }),
    ...(mac !== null && { mac }),
  }
}
