"""The style sheet of the calendar, light and dark."""

from __future__ import annotations

STYLE = """\
:root {
  --cal-text: #1f2328; --cal-faint: #59636e; --cal-line: #d8dee4; --cal-month: #8c959f;
  --cal-ground: #fff; --cal-live: #3f7fbf; --cal-more: #d9480f; --cal-less: #59636e;
  --cal-alarm: #c62828; --cal-alarm-ground: #fff; --cal-shared: #8e24aa; --cal-now: #b45309;
}
@media (prefers-color-scheme: dark) {
  :root {
    --cal-text: #e6edf3; --cal-faint: #9198a1; --cal-line: #2a313a; --cal-month: #59636e;
    --cal-ground: #0d1117; --cal-live: #3f7fbf; --cal-more: #ff8c42; --cal-less: #9198a1;
    --cal-alarm: #ff8a80; --cal-alarm-ground: #4a0d0d; --cal-shared: #d68be8; --cal-now: #f0a040;
  }
}
.cal { display: block; overflow: visible; font-family: system-ui, sans-serif }
.cal-defs { position: absolute }
.cal-row { width: calc(100% - 3.25rem); margin: 2.25rem 0.75rem 1rem 2.5rem }
.cal-sample { display: inline-block; width: 26px; height: 14px; vertical-align: middle }
.cal-text, .cal-arrow { fill: var(--cal-text) }
.cal-faint { fill: var(--cal-faint) }
.cal-ground { fill: var(--cal-ground) }
.cal-line { stroke: var(--cal-line) }
.cal-month { stroke: var(--cal-month) }
.cal-ready { fill: var(--cal-live) }
.cal-exhausted { fill: var(--cal-ground); fill-opacity: 0.45 }
.cal-everyone { stroke: var(--cal-text) }
.cal-more { fill: var(--cal-more); stroke: var(--cal-more) }
.cal-less { stroke: var(--cal-less) }
.cal-gone-hatch { stroke: var(--cal-less) }
.cal-hatch { stroke: var(--cal-live); stroke-opacity: 0.6 }
.cal-dot { fill: var(--cal-ground) }
.cal-alarm { stroke: var(--cal-alarm) }
.cal-alarm-ground { fill: var(--cal-alarm-ground) }
.cal-shared { fill: var(--cal-shared) }
.cal-now, .cal-today { fill: var(--cal-now) }
.cal-now-line { stroke: var(--cal-now) }
@media (max-width: 40rem) { .cal-minor, .cal-day { display: none } }
@media print { .cal { print-color-adjust: exact } }
"""
"""CSS for the classes of the SVGs; a page may override the custom properties."""
