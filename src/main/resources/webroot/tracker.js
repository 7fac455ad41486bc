/** What a stream's frames mean to a reader: rows to show, and the position to come back to. */

/**
 * Follows the positions of one app's stream across connections.
 *
 * Lines that were seen before are dropped; positions that nobody told of are shown as a gap of the
 * cause `untold`, so that no fault of any part is passed over in silence.
 */
export class Tracker {
  #position = undefined;

  /** `<epoch>:<seq>` up to which everything was seen or told, or undefined before the first. */
  get position() {
    return this.#position && `${this.#position.epoch}:${this.#position.seq}`;
  }

  /**
   * @param {object} frame a frame of flyline.v1
   * @param {number} chars what the frame's text took, shared out over its lines
   * @returns {object[]} items to show, in order
   */
  accept(frame, chars = 0) {
    switch (frame.type) {
      case 'logs':
        return this.#logs(frame, chars);
      case 'gap':
        return this.#gap(frame);
      case 'notice':
        return [{ kind: 'notice', code: String(frame.code), detail: String(frame.detail ?? '') }];
      case 'hello':
        this.#position ??= parsePosition(frame.at);
        return [];
      case 'ping':
        this.#advance(parsePosition(frame.at));
        return [];
      default: // bye and expiring concern the connection; what is unknown is a newer router's
        return [];
    }
  }

  #logs(frame, chars) {
    const lines = Array.isArray(frame.lines) ? frame.lines : [];
    const size = Math.ceil(chars / Math.max(1, lines.length));
    const items = [];
    for (let i = 0; i < lines.length; i++) {
      const seq = frame.seqs ? frame.seqs[i] : frame.seq + i;
      const known = this.#position;
      if (known && known.epoch === frame.epoch) {
        if (seq <= known.seq) {
          continue;
        }
        if (!frame.seqs && seq > known.seq + 1) {
          items.push({ kind: 'gap', count: seq - known.seq - 1, cause: 'untold' });
        }
      }
      this.#position = { epoch: frame.epoch, seq };
      items.push({ kind: 'line', payload: lines[i], size });
    }
    return items;
  }

  #gap(frame) {
    this.#advance(parsePosition(frame.to));
    const count = Number.isInteger(frame.count) ? frame.count : undefined;
    return [{ kind: 'gap', count, cause: String(frame.cause) }];
  }

  /** Never back within an epoch: marks that a gap passed over are told after it. */
  #advance(to) {
    const known = this.#position;
    if (to && !(known && known.epoch === to.epoch && to.seq <= known.seq)) {
      this.#position = to;
    }
  }
}

function parsePosition(text) {
  const match = /^([0-9a-z-]{1,40}):(\d{1,18})$/.exec(String(text));
  return match ? { epoch: match[1], seq: Number(match[2]) } : undefined;
}
