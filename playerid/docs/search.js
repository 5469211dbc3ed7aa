// Find names and what is said of them: every word must be there, names come first.
const found = JSON.parse(document.getElementById("names").textContent);
const box = document.getElementById("search");
const list = document.getElementById("results");
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = found
    .filter((item) => words.every((word) => `${item.name} ${item.text}`.toLowerCase().includes(word)))
    .map((item) => [words.filter((word) => item.name.toLowerCase().includes(word)).length, item])
    .sort((one, two) => two[0] - one[0])
    .slice(0, 30);
  list.replaceChildren(
    ...(words.length ? hits : []).map(([, item]) => {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.href = item.page + ".html#" + item.anchor;
      link.textContent = item.name;
      line.append(link, " " + item.text);
      return line;
    }),
  );
});
