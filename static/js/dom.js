// The few DOM helpers that the other scripts share.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// The first element of a piece of HTML, not yet in the page.
export const made = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
};

// A small button that does `act`.
export const button = (label, act) => {
  const element = document.createElement("button");
  Object.assign(element, { type: "button", className: "btn btn-sm", textContent: label });
  element.addEventListener("click", act);
  return element;
};
