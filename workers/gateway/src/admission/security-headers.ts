/** Security headers for browsers, on every response that does not set its own. */

/** Nothing is loaded, framed, sent or run, not even where a response is opened as if it were a page. */
const NO_PAGE = [
  "default-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "sandbox",
].join("; ");

const NO_SENSORS = ["accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb"];

const EVERYWHERE = {
  "content-security-policy": NO_PAGE,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": NO_SENSORS.map((name) => `${name}=()`).join(", "),
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
};

/** A year, the least that counts; a host says so over HTTPS only (RFC 6797 §7.2). */
const OVER_TLS = { "strict-transport-security": "max-age=31536000; includeSubDomains" };

type Entries = readonly (readonly [name: string, value: string])[];

/** What concerns the host and not the page, which holds for services behind the gateway as well. */
export const transportSecurity = (publicUrl: string): Entries =>
  Object.entries(publicUrl.startsWith("https:") ? OVER_TLS : {});

/** What is set on every response of Fountain's own. */
export const securityHeaders = (publicUrl: string): Entries => [
  ...Object.entries(EVERYWHERE),
  ...transportSecurity(publicUrl),
];
