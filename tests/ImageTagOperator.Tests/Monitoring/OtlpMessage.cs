using System.Text;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>The fields of one protobuf message, by number, without a schema. Fixed-width numbers are skipped.</summary>
internal sealed class OtlpMessage
{
    private readonly List<(int Number, ulong Value, byte[] Bytes)> fields = [];

    public OtlpMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    fields.Add((number, Varint(ref bytes), []));
                    break;
                case 2:
                    fields.Add((number, 0, Take(ref bytes, (int)Varint(ref bytes)).ToArray()));
                    break;
                default:
                    Take(ref bytes, (tag & 7) == 1 ? 8 : 4);
                    break;
            }
        }
    }

    public bool Has(int number) => fields.Exists(field => field.Number == number);

    public ulong Number(int number) => fields.Find(field => field.Number == number).Value;

    public byte[] Bytes(int number) => fields.Find(field => field.Number == number).Bytes ?? [];

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public IEnumerable<OtlpMessage> All(int number) => fields.Where(field => field.Number == number)
        .Select(field => new OtlpMessage(field.Bytes));

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }
}
