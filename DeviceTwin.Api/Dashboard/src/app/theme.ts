import { createTheme } from "@mantine/core";
import { setNonce } from "get-nonce";

/** What styles in the page have to carry. */
export const nonce = document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? "";

// Dialogs that keep the page from scrolling add a style, too.
setNonce(nonce);

export const theme = createTheme({
  primaryColor: "teal",
  // White can be read on it (WCAG AA).
  primaryShade: 9,
  fontFamily: "Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Code', 'JetBrains Mono', Menlo, monospace",
  defaultRadius: "md",
  components: { Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } } },
});
