"""What of a page is too small to be hit, or cannot be seen at all: measured in the browser."""

from playwright.sync_api import Page

_COMMON = """
const shown = (element) =>
  element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true });
const called = (element) =>
  `${element.localName} ${element.ariaLabel ?? element.innerText}`.replaceAll(/\\s+/g, ' ').slice(0, 60);
const TARGETS = 'button, a[href], input, select, textarea, summary, [role^="menuitem"]';
"""

_SETTLED = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

_SMALL = f"""() => {{
  {_COMMON}
  const SIDE = 44;
  const PASSING = 'dialog, aside, [role="status"], [role="dialog"], [role="menu"], [data-notice]';
  // How far it reaches under a finger, with its label and the room around it.
  const isHit = (target, x, y) => {{
    const hit = document.elementFromPoint(x, y);
    if (hit === null) return false;
    return target.contains(hit) || [...(target.labels ?? [])].some((label) => label.contains(hit));
  }};
  const reach = (target, box, along) => {{
    const middle = {{ x: box.x + box.width / 2, y: box.y + box.height / 2 }};
    let sum = 0;
    for (const way of [-1, 1]) {{
      const at = {{ ...middle }};
      for (let step = 0; step < SIDE && isHit(target, at.x, at.y); step += 1) {{
        at[along] += way;
        sum += 1;
      }}
    }}
    return sum;
  }};
  const small = [];
  for (const target of document.querySelectorAll(TARGETS)) {{
    // WCAG 2.2, 2.5.8: a link within a sentence is as high as its line.
    if (!shown(target) || (target.localName === 'a' && target.closest('p') !== null)) continue;
    (target.labels?.[0] ?? target).scrollIntoView({{ block: 'center' }});
    const box = target.getBoundingClientRect();
    if (box.width === 0 || (box.width >= SIDE && box.height >= SIDE)) continue;
    const over = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    // What lies over the page for a while is put away before one goes on.
    const above = over?.closest(PASSING) ?? null;
    if (above !== null && above !== target.closest(PASSING)) continue;
    const [width, height] = ['x', 'y'].map((along) => reach(target, box, along));
    if (Math.min(width, height) < SIDE - 1) small.push(`${{called(target)}}: ${{width}} x ${{height}}`);
  }}
  return small;
}}"""

_LOST = f"""() => {{
  {_COMMON}
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflow);
  const isReachable = (element) => {{
    for (let at = element.parentElement; at !== null; at = at.parentElement) if (scrolls(at)) return true;
    const {{ left, right, top, bottom }} = element.getBoundingClientRect();
    const page = document.scrollingElement;
    const isLong = getComputedStyle(document.querySelector('main') ?? page).overflow === 'visible';
    const isWithin = left >= -1 && right <= innerWidth + 1;
    return isWithin && (isLong || (top >= -1 && bottom <= innerHeight + 1));
  }};
  const lost = [];
  const wide = document.scrollingElement.scrollWidth - innerWidth;
  if (wide > 1) lost.push(`the page is ${{wide}} px too wide`);
  for (const element of document.querySelectorAll('body *')) {{
    if (!shown(element) || element.closest('.aside') !== null) continue;
    if (element.matches(TARGETS) && !isReachable(element)) lost.push(`out of sight: ${{called(element)}}`);
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    const style = getComputedStyle(element);
    // What ends in an ellipsis has its whole text as its name, or is a name that one has chosen.
    const mayBeCut = style.overflow !== 'visible' && style.textOverflow !== 'ellipsis' && !scrolls(element);
    if (!hasText || !mayBeCut) continue;
    if (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)
      lost.push(`cut off: ${{called(element)}}`);
  }}
  return lost;
}}"""


def small_targets(page: Page) -> list[str]:
    """What can be touched and is hard to hit: under 44 x 44 px, the room around it included."""
    page.evaluate(_SETTLED)
    found: list[str] = page.evaluate(_SMALL)
    return found


def lost_at_double_text(page: Page) -> list[str]:
    """What is cut off or out of reach with letters twice as large (WCAG 2.2, 1.4.4)."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate(_SETTLED)
    found: list[str] = page.evaluate(_LOST)
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found
