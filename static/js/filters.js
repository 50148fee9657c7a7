// #filters: a filter that is not set stays out of the address.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id !== "filters") return;
  for (const [name, value] of [...detail.formData]) if (!value) detail.formData.delete(name);
});
