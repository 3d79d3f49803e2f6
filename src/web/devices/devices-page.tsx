import { useCallback, useState } from 'preact/hooks'
import { toAddress } from '../activity/log-filter.ts'
import type { Device } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { CardActions } from '../ui/card-actions.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Icon } from '../ui/icon.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { useAction } from '../ui/use-action.ts'
import { DeviceForm } from './device-form.tsx'
import { DeviceRate, HealthText } from './device-line.tsx'
import { FoundControllers } from './found-controllers.tsx'

/** The controllers, and those that could become some. */
export function DevicesPage() {
  const { entities, session, i18n } = useApp()
  const { t } = i18n
  const [edited, setEdited] = useState<Device | 'new'>()
  const [deleted, setDeleted] = useState<Device>()
  const devices = entities.devices.value
  return (
    <div class="page">
      <PageHead title={t('nav.devices')} lead={t('device.lead')}>
        {session.can('operator') && (
          <button type="button" class="button primary" onClick={() => setEdited('new')}>
            <Icon name="plus" />
            {t('device.add')}
          </button>
        )}
      </PageHead>
      <FoundControllers />
      {devices?.length === 0 && <p class="empty">{t('device.none')}</p>}
      <ul class="cards">
        {devices?.map((device) => (
          <li key={device.id}>
            <DeviceCard
              device={device}
              onEdit={() => setEdited(device)}
              onDelete={() => setDeleted(device)}
            />
          </li>
        ))}
      </ul>
      {edited && (
        <DeviceForm device={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
      <DeleteDevice device={deleted} onClose={() => setDeleted(undefined)} />
    </div>
  )
}

interface DeviceCardProps {
  readonly device: Device
  readonly onEdit: () => void
  readonly onDelete: () => void
}

function DeviceCard({ device, onEdit, onDelete }: DeviceCardProps) {
  const { session, i18n } = useApp()
  const { t } = i18n
  return (
    <article class="card entity-card">
      <header class="entity-head">
        <span class="dot" data-state={device.health.state} />
        <h2>
          <bdi>{device.name}</bdi>
        </h2>
        {session.can('operator') && <CardActions name={device.name} onEdit={onEdit} onDelete={onDelete} />}
      </header>
      <p>
        <HealthText device={device} />
        <span class="muted">
          <DeviceRate device={device} />
        </span>
      </p>
      <dl class="facts compact">
        <dt>{t('field.type')}</dt>
        <dd>{i18n.word('device.type', device.type)}</dd>
        <dt>{t('field.address')}</dt>
        <dd>
          <bdi>
            {device.address}
            {device.port > 0 && `:${device.port}`}
          </bdi>
        </dd>
        <dt>{t('field.ledCount')}</dt>
        <dd>{device.led_count}</dd>
        {device.mac !== null && (
          <>
            <dt>MAC</dt>
            <dd>
              <code>{device.mac.replace(/..(?=.)/g, '$&:')}</code>
            </dd>
          </>
        )}
      </dl>
      {session.can('operator') && device.health.state !== 'offline' && <BlinkButton device={device} />}
      <a class="history-link" href={toAddress({ entityType: 'device', entityId: device.id })}>
        {t('entity.history')}
      </a>
    </article>
  )
}

/** Makes the strip blink, so that people see which one it is. */
function BlinkButton({ device }: { readonly device: Device }) {
  const { http, i18n } = useApp()
  const [blink, isBusy] = useAction(
    useCallback(() => http.post(`/api/v1/devices/${device.id}/identify`, { seconds: 3 }), [http, device.id]),
  )
  return (
    <button type="button" class="button small" disabled={isBusy} onClick={blink}>
      <Icon name="light" />
      {i18n.t('device.blink')}
      <span class="visually-hidden">{device.name}</span>
    </button>
  )
}

function DeleteDevice({
  device,
  onClose,
}: {
  readonly device: Device | undefined
  readonly onClose: () => void
}) {
  const { http, entities, i18n } = useApp()
  const { t } = i18n
  return (
    <Confirm
      isOpen={device !== undefined}
      onClose={onClose}
      title={t('entity.deleteNamed', { name: device?.name ?? '' })}
      text={t('device.deleteText')}
      action={t('entity.delete')}
      onConfirm={async () => {
        if (!device) return
        await http.delete(`/api/v1/devices/${device.id}`)
        await entities.load('devices')
      }}
    />
  )
}
