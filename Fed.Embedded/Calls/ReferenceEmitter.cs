using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Fed.Embedded.Activations;
using Orleans.Runtime;

namespace Fed.Embedded.Calls;

/// <summary>
/// Emits the class that implements a grain interface: each method packs its arguments and hands them, with the
/// method's number, to its base class <see cref="GrainReference"/>.
/// </summary>
internal static class ReferenceEmitter
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<string> s_opened = [];
    private static readonly AssemblyBuilder s_assembly = AssemblyBuilder.DefineDynamicAssembly(
        new AssemblyName("Fed.Embedded.References"), AssemblyBuilderAccess.Run);
    private static readonly ModuleBuilder s_module = s_assembly.DefineDynamicModule("References");
    private static readonly Type[] s_constructor = [typeof(EmbeddedSilo), typeof(ReferenceFactory), typeof(GrainId)];

    public static Func<EmbeddedSilo, ReferenceFactory, GrainId, GrainReference> Emit(
        Type grainInterface, MethodEntry[] methods)
    {
        lock (s_gate)
        {
            Open(typeof(GrainReference));
            Open(grainInterface);
            var type = s_module.DefineType(
                $"Reference<{grainInterface.FullName}>", TypeAttributes.Sealed | TypeAttributes.Class,
                typeof(GrainReference), [grainInterface]);
            EmitConstructor(type);
            for (var i = 0; i < methods.Length; i++)
            {
                EmitMethod(type, methods[i], i);
            }
            return CompileConstructor(type.CreateType());
        }
    }

    private static void EmitConstructor(TypeBuilder type)
    {
        var parent = typeof(GrainReference).GetConstructor(
            BindingFlags.Instance | BindingFlags.NonPublic, s_constructor)!;
        var il = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, s_constructor)
            .GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Call, parent);
        il.Emit(OpCodes.Ret);
    }

    private static void EmitMethod(TypeBuilder type, MethodEntry entry, int number)
    {
        var parameters = entry.Method.GetParameters().Select(p => p.ParameterType).ToArray();
        var method = type.DefineMethod(
            $"{entry.Interface.FullName}.{entry.Method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig
                | MethodAttributes.NewSlot,
            entry.Method.ReturnType, parameters);
        var il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, number);
        il.Emit(OpCodes.Ldc_I4, parameters.Length);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < parameters.Length; i++)
        {
            Open(parameters[i]);
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, i + 1);
            il.Emit(OpCodes.Box, parameters[i]);
            il.Emit(OpCodes.Stelem_Ref);
        }
        il.Emit(OpCodes.Call, Sender(entry.Return));
        il.Emit(OpCodes.Ret);
        type.DefineMethodOverride(method, entry.Method);
    }

    private static MethodInfo Sender(ReturnShape shape)
    {
        var name = (shape.Result, shape.IsValueTask) switch
        {
            (null, false) => nameof(GrainReference.SendTask),
            (null, true) => nameof(GrainReference.SendValueTask),
            (_, false) => nameof(GrainReference.SendTaskOf),
            (_, true) => nameof(GrainReference.SendValueTaskOf),
        };
        var method = typeof(GrainReference).GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
        if (shape.Result is null)
        {
            return method;
        }
        Open(shape.Result);
        return method.MakeGenericMethod(shape.Result);
    }

    /// <summary>Lets the generated assembly see the internal types of the assemblies behind a type.</summary>
    private static void Open(Type type)
    {
        foreach (var argument in type.IsGenericType ? type.GetGenericArguments() : [])
        {
            Open(argument);
        }
        if (type.HasElementType)
        {
            Open(type.GetElementType()!);
        }
        var name = type.Assembly.GetName().Name!;
        if (s_opened.Add(name))
        {
            s_assembly.SetCustomAttribute(new CustomAttributeBuilder(
                typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!, [name]));
        }
    }

    private static Func<EmbeddedSilo, ReferenceFactory, GrainId, GrainReference> CompileConstructor(Type type)
    {
        var parameters = s_constructor.Select(t => Expression.Parameter(t)).ToArray();
        return Expression.Lambda<Func<EmbeddedSilo, ReferenceFactory, GrainId, GrainReference>>(
            Expression.New(type.GetConstructor(s_constructor)!, parameters.Cast<Expression>()), parameters).Compile();
    }
}
