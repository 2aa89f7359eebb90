// Visible controls below `least` CSS pixels. Exempt: links inside running text, drawings, what is hidden from sight.
(least) => {
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest(".visually-hidden, .skip, svg");
  const inText = (element) =>
    element.matches("a") && getComputedStyle(element).display === "inline" && !element.querySelector("img, svg");
  // The number of a stepper may be narrow: its neighbours are the targets.
  const small = ([element, box]) =>
    box.width &&
    (box.height < least - 0.5 || (box.width < least - 0.5 && !element.matches(".stepper-box input")));
  return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((element) => seen(element) && !inText(element))
    .map((element) => [element, (element.closest("label") ?? element).getBoundingClientRect()])
    .filter(small)
    .map(([element, box]) => `${element.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`);
}
