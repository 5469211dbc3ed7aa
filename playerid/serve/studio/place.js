// The address of the page holds the moment: what is in it can be sent.

export const parameters = () => Object.fromEntries(new URLSearchParams(location.search));

/** Put values into the address without a new page; null takes one out. */
export function remember(values) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) {
    if (value == null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
}
