using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace MlOps.Containers.Build;

/// <summary>A transport for Kestrel that listens nowhere: its one connection is there already.</summary>
internal sealed class OneConnection(Stream stream) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(new Listener(stream, endpoint));

    private sealed class Listener(Stream stream, EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _accepted;

        public EndPoint EndPoint => endpoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => Interlocked.Exchange(ref _accepted, 1) == 0
            ? ValueTask.FromResult<ConnectionContext?>(new Connection(stream))
            : new ValueTask<ConnectionContext?>(_unbound.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }

    private sealed class Connection(Stream stream) : DefaultConnectionContext("build-session", new Duplex(stream), new Duplex(Stream.Null))
    {
        // The base class disposes its token source while an abort may still be on its way to it on another thread.
        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Duplex(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream);

        public PipeWriter Output { get; } = PipeWriter.Create(stream);
    }
}
