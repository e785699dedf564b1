/**
 * Heights of the rows of a virtual list, with their running sums.
 *
 * A Fenwick tree: setting one height and finding the row at an offset cost
 * O(log n), so a list of a hundred thousand rows scrolls like one of ten.
 * Pure; units are CSS pixels.
 */

export class Heights {
  /** @param {number[]} values initial heights */
  constructor(values = []) {
    this.reset(values);
  }

  /** Replace everything. O(n). */
  reset(values) {
    const n = values.length;
    this.values = Float64Array.from(values);
    this.tree = new Float64Array(n + 1);
    for (let i = 1; i <= n; i += 1) {
      this.tree[i] += this.values[i - 1];
      const parent = i + (i & -i);
      if (parent <= n) this.tree[parent] += this.tree[i];
    }
    this.top = 1;
    while (this.top * 2 <= n) this.top *= 2;
  }

  get length() {
    return this.values.length;
  }

  get(i) {
    return this.values[i];
  }

  /** Set the height of row i; return by how much it changed. */
  set(i, value) {
    const delta = value - this.values[i];
    if (delta === 0) return 0;
    this.values[i] = value;
    for (let k = i + 1; k <= this.values.length; k += k & -k) this.tree[k] += delta;
    return delta;
  }

  /** Sum of the heights of the rows before row i. */
  before(i) {
    let sum = 0;
    for (let k = Math.min(i, this.values.length); k > 0; k -= k & -k) sum += this.tree[k];
    return sum;
  }

  get total() {
    return this.before(this.values.length);
  }

  /** The row that covers the offset, clamped to the first and last row; -1 when empty. */
  at(offset) {
    const n = this.values.length;
    if (n === 0) return -1;
    let pos = 0;
    let rest = offset;
    for (let step = this.top; step > 0; step >>= 1) {
      if (pos + step <= n && this.tree[pos + step] <= rest) {
        pos += step;
        rest -= this.tree[pos];
      }
    }
    return Math.max(0, Math.min(pos, n - 1));
  }
}
