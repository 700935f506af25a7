// Where the versions stand in the graph: a lane for each tier, and every version right of its parents.

// versions: oldest first. lanes: names of tiers, from top to bottom. Returns { nodes: [{ version, lane, column }],
// edges: [{ from, to }], columns }; an edge leads from a parent to a child, both nodes.
export function layOut(versions, lanes) {
  const lane = new Map(lanes.map((name, index) => [name, index]));
  const nodes = new Map(versions.filter(one => lane.has(one.tier))
    .map(version => [version.manifestSha256, { version, lane: lane.get(version.tier), column: -1 }]));
  const ends = lanes.map(() => -1);
  const edges = [];

  // Parents first, whatever the clocks of several silos say.
  function place(node) {
    if (node.column >= 0) return;
    node.column = 0;
    const parents = node.version.parents.map(hash => nodes.get(hash)).filter(parent => parent);
    parents.forEach(place);
    node.column = 1 + Math.max(ends[node.lane], ...parents.map(parent => parent.column));
    ends[node.lane] = node.column;
    for (const parent of parents) edges.push({ from: parent, to: node });
  }

  nodes.forEach(place);
  return { nodes: [...nodes.values()], edges, columns: 1 + Math.max(-1, ...ends) };
}

// What a version is, in words; name says what it is called.
export function kindOf(version, stable) {
  const kinds = {
    initial: "initial model", fold: "fold of a buffer", adopt: "adopted from the global tier",
    release: "own fold, released without the global tier", rollback: "rollback",
  };
  return [
    kinds[version.kind] ?? version.kind,
    isStable(version, stable) ? "promoted to stable" : null,
    version.withdrawn ? "withdrawn by a rollback" : null,
    version.collected ? "no longer kept" : null,
  ].filter(text => text).join(", ");
}

export const nameOf = version => `${version.tier} version ${version.number}`;
export const isStable = (version, stable) => version.tier === "global" && version.number === stable;
