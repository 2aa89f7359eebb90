// One-letter words of main that stand at the end of a line, each with its surroundings.
() => {
  const found = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const top = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect().top;
  };
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("code, .visually-hidden")) continue;
    for (const { index } of node.data.matchAll(/(?<![\p{L}\d])[aiouwz] (?=\S)/giu)) {
      if (Math.abs(top(node, index) - top(node, index + 2)) > 4) found.push(node.data.slice(Math.max(0, index - 20), index + 20));
    }
  }
  return found;
}
