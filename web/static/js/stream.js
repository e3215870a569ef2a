// One question over HTTP: the events of the answer as they arrive.

export class Problem extends Error {
  constructor({ title, detail, errors }) {
    super(detail || title || "Something went wrong.");
    this.title = title || "This did not work";
    this.errors = errors || [];
  }
}

// Yields {event, data}: start, step, delta and answer. Throws a Problem that says what went wrong;
// aborting `signal` closes the connection, which stops the work on the server.
export async function* ask(body, signal) {
  let response;
  try {
    response = await fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Problem({ title: "The server cannot be reached", detail: "Your question is kept here. Check the connection, then try again." });
  }
  if (!response.ok) throw await problemOf(response);
  let complete = false;
  for await (const message of messages(response.body)) {
    if (message.event === "error") throw new Problem(message.data);
    complete ||= message.event === "answer";
    yield message;
  }
  if (!complete && !signal.aborted) {
    throw new Problem({ title: "The answer broke off", detail: "The connection closed before the answer was complete. Try again." });
  }
}

async function problemOf(response) {
  const isJson = /json/.test(response.headers.get("content-type") || "");
  const body = isJson ? await response.json().catch(() => ({})) : {};
  return new Problem({ title: body.title || `The server answered ${response.status}`, detail: body.detail, errors: body.errors });
}

// Server-Sent Events from a byte stream, cut anywhere.
export async function* messages(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    const parts = buffer.split(/\r\n\r\n|\n\n|\r\r/);
    buffer = parts.pop();
    for (const part of parts) {
      const message = parse(part);
      if (message) yield message;
    }
  }
}

function parse(text) {
  let event = "message";
  const data = [];
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (name === "event") event = value;
    if (name === "data") data.push(value);
  }
  return data.length ? { event, data: JSON.parse(data.join("\n")) } : null;
}
