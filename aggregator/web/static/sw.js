// Keeps the pages last read, so that they can be read without a network. Pages of accounts are never kept.
"use strict";
const NAME = "pages-1";
const PAGES = 40; // kept at most; the front page always
const root = new URL(registration.scope).pathname.replace(/\/$/, "");
const readable = /^\/(?:$|topics\/|stories\/|entries\/|most-read$|trending$|editions\/)/;

const isPage = (url) => url.origin === location.origin && url.pathname.startsWith(root)
  && readable.test(url.pathname.slice(root.length) || "/") && !/\.(?:rss|atom|json)$/.test(url.pathname);
const isPart = (url) => url.origin === location.origin && url.searchParams.has("v");

async function put(request, response) {
  if (!response.ok || response.redirected || /no-store/.test(response.headers.get("cache-control"))) return;
  const cache = await caches.open(NAME);
  await cache.put(request, response);
  const pages = (await cache.keys()).filter((kept) => isPage(new URL(kept.url)) && new URL(kept.url).pathname !== `${root}/`);
  await Promise.all(pages.slice(0, Math.max(0, pages.length - PAGES)).map((old) => cache.delete(old)));
}

async function page(request) {
  try {
    const response = await fetch(request);
    await put(request, response.clone());
    return response;
  } catch (error) {
    const cache = await caches.open(NAME);
    const kept = await cache.match(request, { ignoreVary: true }) || await cache.match(`${root}/`, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

async function part(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  await put(request, response.clone());
  return response;
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil((async () => {
  await Promise.all((await caches.keys()).filter((name) => name !== NAME).map((name) => caches.delete(name)));
  await clients.claim();
})()));
addEventListener("message", (event) => event.waitUntil(Promise.all((event.data.keep || []).map(async (address) => {
  const url = new URL(address);
  if (!isPage(url) && !isPart(url)) return;
  const request = new Request(url);
  if (await caches.match(request, { ignoreVary: true })) return;
  await put(request, await fetch(request));
}))));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET") return;
  if (event.request.mode === "navigate" && isPage(url)) event.respondWith(page(event.request));
  else if (isPart(url)) event.respondWith(part(event.request)); // nothing of publishers: their images are not ours to keep
});
