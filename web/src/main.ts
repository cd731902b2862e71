// The page: its views, and the link to what is seen.
import { byId } from "./dom";
import { view as file } from "./file/view";
import { view as network } from "./network/view";
import { view as text } from "./text/view";
import { address, viewOf, type View } from "./view";
import { view as watch } from "./watch/view";

const VIEWS: Record<string, View> = { network, text, file, watch };

/** The address of each view when it was left. */
const left: Record<string, string> = {};
let shown = "";

const notice = byId("notice", HTMLElement);
const status = byId("status", HTMLElement);
const share = byId("share", HTMLButtonElement);

/** Shows the view of the address. */
function show(): void {
  const asked = viewOf(address());
  const name = Object.hasOwn(VIEWS, asked) ? asked : "network";
  if (shown !== "" && shown !== name) VIEWS[shown]!.hide();
  shown = name;
  notice.hidden = true;
  for (const section of document.querySelectorAll<HTMLElement>(".view")) section.hidden = section.id !== `view-${name}`;
  for (const link of document.querySelectorAll<HTMLAnchorElement>("#views a")) {
    if (link.dataset.view === name) {
      // The link to a run is hidden in a page that no run has opened.
      link.hidden = false;
      link.setAttribute("aria-current", "page");
    } else link.removeAttribute("aria-current");
  }
  VIEWS[name]!.show(address());
}

for (const link of document.querySelectorAll<HTMLAnchorElement>("#views a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const name = link.dataset.view!;
    if (name === shown) return;
    left[shown] = location.hash;
    // A view is found again as it was left.
    history.pushState(null, "", left[name] ?? link.hash);
    show();
  });
}
// A change of the address by hand is such an event, too.
window.addEventListener("popstate", show);

share.addEventListener("click", async () => {
  const all = VIEWS[shown]!.address?.();
  if (all !== undefined) history.replaceState(null, "", `#${all}`);
  try {
    await navigator.clipboard.writeText(location.href);
    share.textContent = "Copied";
    setTimeout(() => (share.textContent = "Copy link"), 2000);
    status.textContent = "The link with all settings is copied.";
  } catch {
    // Some browsers give a page of a file no clipboard.
    notice.textContent = "Copy the link from the address bar: it has all settings.";
    notice.hidden = false;
  }
});

show();
