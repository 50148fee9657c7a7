// Django's token against forged requests, from its cookie.
export const csrfToken = () =>
  document.cookie.split("; ").find((part) => part.startsWith("csrftoken="))?.slice("csrftoken=".length) ?? "";
