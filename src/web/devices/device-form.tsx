import { useState } from 'preact/hooks'
import type { Device, DeviceType } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Field, Form, toNumber } from '../ui/form.tsx'
import {
  DEVICE_TYPES,
  type SettingField,
  type SettingName,
  settingsOf,
  USUAL_PORTS,
} from './setting-fields.ts'

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
  const [type, setType] = useState<DeviceType>(device?.type ?? 'wled')
  const settings = settingsOf(type)
  const hasRealtimePort = type === 'wled' || type === 'virtual'
  const usualPort = USUAL_PORTS[type]

  const save = async (values: FormData): Promise<void> => {
    const port = toNumber(values.get('port'))
    const body = {
      name: String(values.get('name')),
      type,
      address: String(values.get('address')).trim(),
      led_count: toNumber(values.get('led_count')) ?? 0,
      settings: readSettings(values, settings),
      ...(usualPort !== undefined && port !== undefined && { port }),
      ...(hasRealtimePort && { realtime_port: toNumber(values.get('realtime_port')) ?? null }),
    }
    if (device) await http.put(`/api/v1/devices/${device.id}`, body)
    else await http.post('/api/v1/devices', body)
    await entities.load('devices')
    onClose()
  }
  return (
    <Dialog isOpen onClose={onClose} title={t(device ? 'device.edit' : 'device.add')}>
      <Form
        fields={[...FIELDS, ...settings.map(([name]) => `settings.${name}`)]}
        submitLabel={t('app.save')}
        onSubmit={save}
        onCancel={onClose}
      >
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
                <select
                  {...attributes}
                  value={type}
                  onChange={(event) => setType(event.currentTarget.value as DeviceType)}
                >
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
              hint={t(type === 'adalight' ? 'device.serialHint' : 'device.addressHint')}
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
              <NumberField
                name="led_count"
                label={t('field.ledCount')}
                value={device?.led_count}
                problem={problemOf('led_count')}
              />
              {usualPort !== undefined && (
                <NumberField
                  name="port"
                  label={t('field.port')}
                  usual={usualPort}
                  value={device?.type === type ? device.port : undefined}
                  problem={problemOf('port')}
                />
              )}
              {hasRealtimePort && (
                <NumberField
                  name="realtime_port"
                  label={t('field.realtimePort')}
                  value={device?.realtime_port ?? undefined}
                  problem={problemOf('realtime_port')}
                />
              )}
            </div>
            <div class="form-row" key={type}>
              {settings.map(([name, field]) => (
                <SettingInput
                  key={name}
                  name={name}
                  field={field}
                  value={device?.type === type ? device.settings[name] : undefined}
                  problem={problemOf(`settings.${name}`)}
                />
              ))}
            </div>
          </>
        )}
      </Form>
    </Dialog>
  )
}

interface NumberFieldProps {
  readonly name: string
  readonly label: string
  readonly value: number | undefined
  readonly usual?: number
  readonly problem: string | undefined
}

/** A text field, so that what is no number is the server's to refuse. */
function NumberField({ name, label, value, usual, problem }: NumberFieldProps) {
  return (
    <Field name={name} label={label} problem={problem}>
      {(attributes) => (
        <input
          {...attributes}
          type="text"
          inputMode="numeric"
          placeholder={String(usual ?? '')}
          defaultValue={value ?? ''}
        />
      )}
    </Field>
  )
}

interface SettingInputProps {
  readonly name: SettingName
  readonly field: SettingField
  readonly value: string | number | boolean | undefined
  readonly problem: string | undefined
}

function SettingInput({ name, field, value, problem }: SettingInputProps) {
  const { t } = useApp().i18n
  const label = t(`setting.${name}`)
  const path = `settings.${name}`
  if (field.kind === 'number') {
    const known = typeof value === 'number' ? value : undefined
    return <NumberField name={path} label={label} value={known} usual={field.usual} problem={problem} />
  }
  if (field.kind === 'switch') {
    return (
      <label class="check">
        <input type="checkbox" name={path} defaultChecked={value === true} />
        <span>{label}</span>
      </label>
    )
  }
  return (
    <Field name={path} label={label} problem={problem}>
      {(attributes) => (
        <select {...attributes}>
          {field.choices.map((choice) => (
            <option key={choice} value={choice} selected={choice === value}>
              {choice.toUpperCase()}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

function readSettings(
  values: FormData,
  settings: readonly (readonly [SettingName, SettingField])[],
): Readonly<Record<string, unknown>> {
  const read = settings.map(([name, field]) => {
    const value = values.get(`settings.${name}`)
    if (field.kind === 'switch') return [name, value === 'on'] as const
    return [name, field.kind === 'number' ? toNumber(value) : String(value)] as const
  })
  return Object.fromEntries(read.filter(([, value]) => value !== undefined))
}
