import { useEffect, useState } from 'preact/hooks'
import { toApiError } from '../api/api-error.ts'
import type { VerifyReport } from '../api/types.ts'
import { useApp } from '../state/app-state.ts'
import { Icon } from '../ui/icon.tsx'

interface Progress {
  readonly done: number
  readonly total: number
}

/** Walks the chain of the log and tells whether every entry is as it was written. */
export function VerifyPanel() {
  const app = useApp()
  const { http, i18n } = app
  const { t, time } = i18n
  const [isRunning, setRunning] = useState(false)
  const [progress, setProgress] = useState<Progress>()
  const [report, setReport] = useState<VerifyReport>()
  const [problem, setProblem] = useState<string>()

  useEffect(() => {
    if (!isRunning) return
    return app.listen((event) => {
      if (event.type === 'job_progress' && event.job === 'verify') setProgress(event)
    })
  }, [app, isRunning])

  const verify = async (): Promise<void> => {
    setRunning(true)
    setReport(undefined)
    setProblem(undefined)
    setProgress(undefined)
    try {
      setReport(await http.post<VerifyReport>('/api/v1/activity-log/verify', {}))
    } catch (cause) {
      setProblem(toApiError(cause).message)
    } finally {
      setRunning(false)
    }
  }

  return (
    <section class="card">
      <header class="card-head">
        <h2>{t('verify.title')}</h2>
      </header>
      <p class="muted">{t('verify.text')}</p>
      <button type="button" class="button" disabled={isRunning} onClick={() => void verify()}>
        <Icon name="check" />
        {t('verify.action')}
      </button>
      <div role="status">
        {isRunning && (
          <p class="verify-progress">
            <progress
              max={Math.max(1, progress?.total ?? 1)}
              value={progress?.done ?? 0}
              aria-label={t('verify.title')}
            />
            {progress && t('verify.progress', { done: time.value.number(progress.done), n: progress.total })}
          </p>
        )}
        {report && <Result report={report} />}
      </div>
      {problem !== undefined && (
        <p class="banner error" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}

function Result({ report }: { readonly report: VerifyReport }) {
  const { t } = useApp().i18n
  if (!report.ok) {
    return (
      <p class="banner error">
        <Icon name="error" />
        {t(`verify.bad.${report.problem ?? 'altered'}`, { seq: report.first_bad_seq ?? 0 })}
      </p>
    )
  }
  return (
    <div class="banner good">
      <Icon name="check" />
      <div>
        <p>{t('verify.good', { n: report.checked })}</p>
        <p class="small-text">
          {t('verify.head')}{' '}
          <code class="break">
            {report.head.seq}:{report.head.hash}
          </code>
        </p>
      </div>
    </div>
  )
}
