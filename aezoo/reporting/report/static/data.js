// The data of the page: what its tables and charts show.

/** Read the JSON that the page holds in the element `id`. */
export function readData(id = "report-data") {
  return JSON.parse(document.getElementById(id).textContent);
}
