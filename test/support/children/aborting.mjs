/** A process that says it is ready and aborts with its first task, as V8 does where an allocation is larger than the heap. */
process.on('message', () => process.abort());
process.send('ready');
