import { useState } from 'preact/hooks'
import type { Device, DeviceType } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Form, toNumber } from '../ui/form.tsx'

export const DEVICE_TYPES = ['wled', 'ddp', 'virtual'] as const satisfies readonly DeviceType[]
const FIELDS = ['name', 'type', 'address', 'port', 'realtime_port', 'led_count']

export interface DeviceFormProps {
  /** The one to change; undefined: a new one. */
  readonly device: Device | undefined
  readonly onClose: () => void
}

/** Adds a device or changes one. */
export function DeviceForm({ device, onClose }: DeviceFormProps) {
  const { http, entities, i18n } = useApp()
  const { t } = i18n
  const [type, setType] = useState<string>(device?.type ?? 'wled')
  const save = async (values: FormData): Promise<void> => {
    const port = toNumber(values.get('port'))
    const body = {
      name: String(values.get('name')),
      type: String(values.get('type')),
      address: String(values.get('address')).trim(),
      led_count: toNumber(values.get('led_count')) ?? 0,
      ...(port !== undefined && { port }),
      ...(type !== 'ddp' && { realtime_port: toNumber(values.get('realtime_port')) ?? null }),
    }
    if (device) await http.put(`/api/v1/devices/${device.id}`, body)
    else await http.post('/api/v1/devices', body)
    await entities.load('devices')
    onClose()
  }
  return (
    <Dialog isOpen onClose={onClose} title={t(device ? 'device.edit' : 'device.add')}>
      <Form fields={FIELDS} submitLabel={t('app.save')} onSubmit={save} onCancel={onClose}>
        {(problemOf) => (
          <>
            <Field name="name" label={t('field.name')} problem={problemOf('name')}>
              {(attributes) => <input {...attributes} type="text" defaultValue={device?.name ?? ''} />}
            </Field>
            <Field
              name="type"
              label={t('field.type')}
              hint={t('device.typeHint')}
              problem={problemOf('type')}
            >
              {(attributes) => (
                <select {...attributes} value={type} onChange={(event) => setType(event.currentTarget.value)}>
                  {DEVICE_TYPES.map((name) => (
                    <option key={name} value={name}>
                      {t(`device.type.${name}`)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Field
              name="address"
              label={t('field.address')}
              hint={t('device.addressHint')}
              problem={problemOf('address')}
            >
              {(attributes) => (
                <input
                  {...attributes}
                  type="text"
                  spellcheck={false}
                  autocapitalize="off"
                  defaultValue={device?.address ?? ''}
                />
              )}
            </Field>
            <div class="form-row">
              <Field name="led_count" label={t('field.ledCount')} problem={problemOf('led_count')}>
                {(attributes) => (
                  <input
                    {...attributes}
                    type="text"
                    inputMode="numeric"
                    defaultValue={device?.led_count ?? ''}
                  />
                )}
              </Field>
              <Field name="port" label={t('field.port')} problem={problemOf('port')}>
                {(attributes) => (
                  <input
                    {...attributes}
                    type="text"
                    inputMode="numeric"
                    placeholder={type === 'ddp' ? '4048' : '80'}
                    defaultValue={device?.port ?? ''}
                  />
                )}
              </Field>
              {type !== 'ddp' && (
                <Field
                  name="realtime_port"
                  label={t('field.realtimePort')}
                  problem={problemOf('realtime_port')}
                >
                  {(attributes) => (
                    <input
                      {...attributes}
                      type="text"
                      inputMode="numeric"
                      placeholder="4048"
                      defaultValue={device?.realtime_port ?? ''}
                    />
                  )}
                </Field>
              )}
            </div>
          </>
        )}
      </Form>
    </Dialog>
  )
}
