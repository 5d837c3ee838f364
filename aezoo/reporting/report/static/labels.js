// Labels of points that do not cover each other.

import { textWidth } from "./measure.js";

const HEIGHT = 13;
const GAP = 2;
const MOST = 300;

/** Find a place for the text of each point, to the right of the numbers of the left axis: one that no point and no other
 * text has, and no whisker if there is such a place; where all are taken it is hidden, until its point stands out; of
 * very many points none has a text. Each point has `x`, `y`, `text` and `whiskers`, areas. */
export function placeLabels(points, box) {
  const [lowest, highest] = [box.height - box.bottom, box.top - HEIGHT];
  const isInside = ({ area }) => area[0] >= box.left + 2 && area[2] <= box.width - 2 && area[1] >= highest && area[3] <= lowest + 6;
  if (points.length > MOST) return points.map(() => ({ hidden: true }));
  const taken = points.map(({ x, y }) => [x - 6, y - 6, x + 6, y + 6]);
  const whiskers = points.flatMap((point) => point.whiskers);
  return points.map(({ x, y, text }) => {
    const width = textWidth(text) + GAP;
    const places = [
      { x: x + 9, y: y + 4, anchor: "start", area: [x + 8, y - 8, x + 9 + width, y + 6] },
      { x: x - 9, y: y + 4, anchor: "end", area: [x - 9 - width, y - 8, x - 8, y + 6] },
      { x, y: y - 9, anchor: "middle", area: [x - width / 2, y - 9 - HEIGHT, x + width / 2, y - 6] },
      { x, y: y + 18, anchor: "middle", area: [x - width / 2, y + 7, x + width / 2, y + 20] },
      { x: x + 4, y: y - 9, anchor: "start", area: [x + 4, y - 9 - HEIGHT, x + 4 + width, y - 6] },
      { x: x - 4, y: y - 9, anchor: "end", area: [x - 4 - width, y - 9 - HEIGHT, x - 4, y - 6] },
      { x: x + 4, y: y + 18, anchor: "start", area: [x + 4, y + 7, x + 4 + width, y + 20] },
      { x: x - 4, y: y + 18, anchor: "end", area: [x - 4 - width, y + 7, x - 4, y + 20] },
    ];
    const fits = (place) => isInside(place) && !taken.some((other) => overlaps(place.area, other));
    const isClear = (place) => fits(place) && !whiskers.some((other) => overlaps(place.area, other));
    const free = places.find(isClear) ?? places.find(fits);
    if (free) {
      taken.push(free.area);
      return { ...free, hidden: false };
    }
    const inside = places.find(isInside) ?? places[2];
    return { ...inside, hidden: true };
  });
}

function overlaps(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}
