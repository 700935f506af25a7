using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fed.Cli.Commands;

/// <summary>
/// Takes numbers in one spelling only. The parser by itself takes a comma for a separator of thousands, so that
/// <c>0,5</c> would be 5, and a validator that asks it for the value of what is no number gets an exception.
/// </summary>
public static class NumberOptions
{
    private static readonly ConditionalWeakTable<Symbol, object> Guarded = [];
    private static readonly Lock Guarding = new();

    /// <summary>
    /// For every option and argument that takes numbers, of all subcommands too: what is none is refused, and the
    /// validators see numbers only. Once, however often it is called: commands share options.
    /// </summary>
    /// <returns>The same command.</returns>
    public static Command Guard(Command command)
    {
        lock (Guarding)
        {
            foreach (var option in command.Options)
                Guard(option, option.ValueType, option.Validators);
            foreach (var argument in command.Arguments)
                Guard(argument, argument.ValueType, argument.Validators);
            foreach (var subcommand in command.Subcommands)
                Guard(subcommand);
        }

        return command;
    }

    private static void Guard<T>(Symbol symbol, Type type, List<Action<T>> validators)
        where T : SymbolResult
    {
        var element = type.GetElementType() ?? type;
        if (WhatFor(Nullable.GetUnderlyingType(element) ?? element) is not { } number
            || !Guarded.TryAdd(symbol, symbol))
        {
            return;
        }

        var own = validators.ToList();
        validators.Clear();
        validators.Add(result =>
        {
            var wrong = result.Tokens.Where(token => !number.Is(token.Value)).ToList();
            foreach (var token in wrong)
                result.AddError($"{symbol.Name} is '{token.Value}'; write {number.Spelling}");
            if (wrong.Count > 0)
                return;
            foreach (var validator in own)
                validator(result);
        });
    }

    private static (Func<string, bool> Is, string Spelling)? WhatFor(Type type)
    {
        const string whole = "a whole number in digits only, for example 12";
        if (type == typeof(int))
            return (text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _), whole);
        if (type == typeof(long))
            return (text => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _), whole);
        return type == typeof(double)
            ? (text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
                "a number without commas and with a decimal point, for example 0.5")
            : null;
    }
}

/// <summary>Refuses numbers outside a range while the command line is read.</summary>
internal static class OptionBounds
{
    /// <param name="message">Names option and range.</param>
    public static void Within<T>(this Option<T> option, T least, T most, string message)
        where T : struct, INumber<T> => option.Validators.Add(result => Check(result, least, most, message));

    /// <param name="message">Names option and range.</param>
    public static void Within<T>(this Option<T?> option, T least, T most, string message)
        where T : struct, INumber<T> => option.Validators.Add(result => Check(result, least, most, message));

    private static void Check<T>(OptionResult result, T least, T most, string message)
        where T : struct, INumber<T>
    {
        // What is no number at all, the parser refuses by itself; asking it for the value would throw.
        if (result.Tokens is [var token]
            && T.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && !(value >= least && value <= most))
        {
            result.AddError(message);
        }
    }
}
