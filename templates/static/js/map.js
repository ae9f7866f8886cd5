// The map: countries drawn from outlines that come with the product, places as circles that grow
// with what is there. Nothing is asked from anybody outside.
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import { feature } from "topojson-client";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const looks = () => ({
  land: { color: colour("--line"), weight: 0.8, fillColor: colour("--surface"), fillOpacity: 1 },
  place: { color: colour("--surface"), weight: 1.5, fillColor: colour("--brand"), fillOpacity: 0.82 },
  rough: { color: colour("--brand-line"), weight: 1.5, dashArray: "3 3", fillColor: colour("--brand"), fillOpacity: 0.28 },
});
const radius = (count, most) => 5 + 17 * Math.sqrt(count / Math.max(most, 12));

/** Rings that cross the date line go on beyond 180 degrees, instead of back across the whole map. */
function unwrapped(shape) {
  const straight = (ring) => {
    let turn = 0;
    return ring.map(([lng, lat], i) => {
      const jump = i ? lng - ring[i - 1][0] : 0;
      if (jump > 180) turn -= 360;
      if (jump < -180) turn += 360;
      return [lng + turn, lat];
    });
  };
  const { geometry } = shape;
  const isOne = geometry?.type === "Polygon";
  const polygons = isOne ? [geometry.coordinates] : (geometry?.coordinates ?? []);
  const coordinates = polygons.map((rings) => rings.map(straight));
  return { ...shape, geometry: { type: "MultiPolygon", coordinates } };
}

function popup(box, spot) {
  const element = document.createElement("div");
  const name = document.createElement("b");
  const count = document.createElement("p");
  const link = document.createElement("a");
  name.textContent = spot.label;
  count.textContent = spot.count === 1 ? box.dataset.one : box.dataset.many.replace("{n}", spot.count);
  if (!spot.exact) count.textContent += ` · ${box.dataset.about}`;
  [link.href, link.textContent] = [spot.url, box.dataset.all];
  element.append(name, count, link);
  return element;
}

export async function start(box) {
  const spots = JSON.parse(document.getElementById("map-spots").textContent);
  const map = L.map(box, { minZoom: 2, maxZoom: 10, worldCopyJump: true, attributionControl: false, zoomSnap: 0.5 });
  map.setView([20, 10], 2);
  const most = Math.max(1, ...spots.map((spot) => spot.count));
  const look = looks();
  const circles = spots.map((spot) =>
    L.circleMarker([spot.lat, spot.lng], { ...(spot.exact ? look.place : look.rough), radius: radius(spot.count, most) })
      .bindPopup(popup(box, spot))
      .bindTooltip(`${spot.label} · ${spot.count}`),
  );
  const group = L.featureGroup(circles);
  if (circles.length) map.fitBounds(group.getBounds().pad(0.25), { maxZoom: 6, animate: false });
  const world = await (await fetch(box.dataset.world)).json();
  const shapes = feature(world, world.objects.countries).features.map(unwrapped);
  const land = L.geoJSON(shapes, { style: look.land, interactive: false }).addTo(map);
  group.addTo(map);
  document.addEventListener("theme:change", () => {
    const now = looks();
    land.setStyle(now.land);
    circles.forEach((circle, i) => circle.setStyle(spots[i].exact ? now.place : now.rough));
  });
  for (const link of document.querySelectorAll("[data-spot]")) {
    link.addEventListener("pointerenter", () => circles[link.dataset.spot]?.openTooltip());
    link.addEventListener("pointerleave", () => circles[link.dataset.spot]?.closeTooltip());
  }
  box.dataset.ready = "yes";
}
