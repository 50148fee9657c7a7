// The board: a changed card goes to its column, on a phone the columns are tabs, cards can be dragged.
import { $ } from "./dom.js";
import "./board/placing.js";
import { makeDraggable } from "./board/drag.js";
import { followSwipe } from "./board/tabs.js";

const ready = () => {
  followSwipe();
  makeDraggable();
};
document.addEventListener("DOMContentLoaded", ready);
// Another filter has drawn the board anew.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id === "board" && $("#board")) ready();
});
