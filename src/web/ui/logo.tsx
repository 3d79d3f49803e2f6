/** A dark screen with light around it. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id="logo-light" x1="0" y1="1" x2="1" y2="0">
          <stop offset="0" stop-color="#ff7a59" />
          <stop offset=".5" stop-color="#c86bff" />
          <stop offset="1" stop-color="#38c6f4" />
        </linearGradient>
      </defs>
      <rect x="2" y="5" width="28" height="22" rx="7" fill="url(#logo-light)" />
      <rect x="6.5" y="9.5" width="19" height="13" rx="3.5" fill="#12131a" />
    </svg>
  )
}
