using System.Buffers.Binary;
using System.Text;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The fields of one protobuf message, by number, without a schema.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> fields = [];

    public static ProtobufMessage Parse(ReadOnlyMemory<byte> bytes)
    {
        var message = new ProtobufMessage();
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    message.fields.Add((number, Varint(ref bytes), default));
                    break;
                case 2:
                    message.fields.Add((number, 0, Take(ref bytes, Varint(ref bytes))));
                    break;
                case 1:
                    message.fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default));
                    break;
                case 5:
                    message.fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default));
                    break;
                default:
                    throw Refusals.BadRequest("the protobuf message has a field of an unknown wire type");
            }
        }

        return message;
    }

    public bool Has(int number) => fields.Exists(field => field.Number == number);

    public ulong Number(int number) => fields.FindLast(field => field.Number == number).Value;

    public IEnumerable<ReadOnlyMemory<byte>> All(int number) => fields.Where(field => field.Number == number).Select(field => field.Bytes);

    public ReadOnlyMemory<byte> Bytes(int number) => fields.FindLast(field => field.Number == number).Bytes;

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number).Span);

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw Refusals.BadRequest("the protobuf message has a number that does not end");
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, ulong length)
    {
        if (length > (ulong)bytes.Length) throw Refusals.BadRequest("the protobuf message ends too early");
        var taken = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return taken;
    }
}
