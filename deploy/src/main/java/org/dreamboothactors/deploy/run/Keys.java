package org.dreamboothactors.deploy.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.dreamboothactors.deploy.UsageException;
import org.dreamboothactors.deploy.settings.Nearest;

/** The keys of a run's YAML by name: which are taken, and which are refused although others know them. */
public final class Keys {
    /** Taken; the value says what the key means. */
    static final Map<String, String> KNOWN = Map.ofEntries(
            Map.entry("seed", "of every random number of the run"),
            Map.entry("priority", "who gets a trainer first: low, normal or high (normal)"),
            Map.entry("base_model", "name under which the service knows a base model"),
            Map.entry("checkpoint_every", "steps between published checkpoints; 0: only at the end"),
            Map.entry("validation.prompts", "pictures drawn while training"),
            Map.entry("validation.every_steps", "steps between them; 0: with each checkpoint only"),
            Map.entry("validation.stop_after", "verdicts in a row worse than the best, which end training; 0: never"),
            Map.entry(
                    "infer.sampler_type",
                    "of all pictures: ddpm, ddim, pndm, plms, dpmpp_2m, dpmpp_2m_karras, euler or euler_a"),
            Map.entry("infer.inference_steps", "denoising steps of all pictures"),
            Map.entry("infer.unconditional_guidance_scale", "of all pictures; 1: without guidance"),
            Map.entry("infer.eta", "share of fresh noise in each step of ddim, 0 to 1"),
            Map.entry("infer.width", "pixels of pictures drawn to look at; class images are squares of the resolution"),
            Map.entry("infer.height", "the same"),
            Map.entry("infer.seed", "of pictures drawn to look at; class images have seeds of their own"),
            Map.entry("trainer.max_steps", "optimizer steps"),
            Map.entry("trainer.precision", "32, bf16 or auto (auto: bf16 where the device multiplies it itself)"),
            Map.entry("model.with_prior_preservation", "train on class images too"),
            Map.entry("model.prior_loss_weight", "of the class half of the loss"),
            Map.entry("model.train_text_encoder", "train it together with the UNet"),
            Map.entry(
                    "model.restore_from_path",
                    "with prior preservation: base model, a diffusers folder or one file, that makes the class images and is"
                            + " trained from; without, NeMo disregards it, and so do we: see base_model"),
            Map.entry(
                    "model.use_cached_latents",
                    "True: latents are taken from files, or put there; False: photos with a random crop are encoded anew"
                            + " in each step; empty: once"),
            Map.entry("model.micro_batch_size", "instance images of one step"),
            Map.entry("model.optim.lr", "learning rate of the UNet"),
            Map.entry("model.optim.text_encoder_lr", "learning rate of the text encoder"),
            Map.entry("model.optim.name", "adamw or fused_adam; adamw_8bit: moments in 8 bits"),
            Map.entry("model.optim.weight_decay", "of AdamW"),
            Map.entry("model.optim.betas", "of AdamW, e.g. [0.9, 0.999]"),
            Map.entry("model.optim.eps", "of AdamW"),
            Map.entry("trainer.gradient_clip_val", "norm that gradients are clipped to; 0: not clipped (1)"),
            Map.entry(
                    "model.optim.sched.name",
                    "constant, constant_with_warmup, linear, cosine, polynomial, WarmupHoldPolicy"),
            Map.entry("model.optim.sched.warmup_steps", "until the learning rates are reached"),
            Map.entry("model.optim.sched.hold_steps", "of WarmupHoldPolicy; at least all of the run"),
            Map.entry("model.optim.sched.power", "of the polynomial schedule"),
            Map.entry("model.peft.peft_scheme", "sdlora: adapters learn in place of the weights; none"),
            Map.entry("model.peft.lora_tuning.adapter_dim", "rank of the adapters (4)"),
            Map.entry("model.peft.lora_tuning.network_alpha", "multiplies them, over the rank (the rank)"),
            Map.entry("model.peft.lora_tuning.target_modules", "ends of the names of the UNet's layers (attention)"),
            Map.entry("model.unet_config.use_checkpoint", "activation checkpointing: less memory, more time"),
            Map.entry("model.unet_config.use_flash_attention", "False: attention holds all of its scores (True)"),
            Map.entry("model.channels_last", "the channels of a pixel lie side by side in memory"),
            Map.entry("model.inductor", "the UNet is one TorchScript graph"),
            Map.entry("trainer.devices", "that train together, of one node or several (1)"),
            Map.entry("trainer.accumulate_grad_batches", "micro-batches of one step"),
            Map.entry("model.snr_gamma", "min-SNR weighting of the photos"),
            Map.entry("model.noise_offset", "share of a value that is the same all over a channel"),
            Map.entry("exp_manager.ema.enable", "checkpoints of weights averaged over the steps"),
            Map.entry(
                    "exp_manager.ema.decay",
                    "largest share of the past that a step keeps, rising as in diffusers, not constant as in NeMo (0.9999)"),
            Map.entry("model.data.num_workers", "decoders of images; the service has its own number"),
            Map.entry("model.data.instance_dir", "folder of the subject's photos"),
            Map.entry("model.data.instance_prompt", "with the identifier"),
            Map.entry(
                    "model.data.regularization_dir", "folder of class images; what it lacks is drawn and stored there"),
            Map.entry("model.data.regularization_prompt", "without the identifier"),
            Map.entry("model.data.num_reg_images", "wanted number of class images"),
            Map.entry(
                    "model.data.num_images_per_prompt",
                    "pictures that go through the model together (4; large ones: 1)"),
            Map.entry("model.data.resolution", "pixels"),
            Map.entry("model.data.center_crop", "False: a random crop"),
            Map.entry("model.data.cached_instance_dir", "latents of the photos, .pt files; empty: computed"),
            Map.entry("model.data.cached_reg_dir", "latents of the class images, .pt files; empty: computed"));

    /**
     * Something known elsewhere and not here yet.
     *
     * @param feature what would have been asked for
     * @param without the value that asks for nothing
     */
    private record Later(String feature, String without) {}

    private static final Map<String, Later> LATER = Map.of(
            "model.unet_config.from_pretrained", new Later("another UNet than the base model's", ""),
            "trainer.num_nodes", new Later("a choice of nodes for one run", "1"),
            "model.global_batch_size", new Later("a batch size that decides the others", ""));

    private static final int GAP = 2;

    private Keys() {}

    /** A line for each key that is taken, in the order of the alphabet: the key and what it means. */
    public static List<String> documentation() {
        int width = KNOWN.keySet().stream().mapToInt(String::length).max().orElseThrow() + GAP;
        return new TreeMap<>(KNOWN)
                .entrySet().stream()
                        .map(known -> known.getKey()
                                + " ".repeat(width - known.getKey().length())
                                + known.getValue())
                        .toList();
    }

    static void check(Map<String, String> values, String source) {
        for (String key : new TreeSet<>(values.keySet())) {
            Optional<Later> later = Optional.ofNullable(LATER.get(key));
            if (later.isPresent() && asksFor(later.get(), values.getOrDefault(key, ""))) {
                throw new UsageException("Cannot read the run from " + source + ": " + key + " asks for "
                        + later.get().feature() + ", which is not supported yet. Remove the key");
            }
            if (later.isEmpty() && !KNOWN.containsKey(key)) {
                throw new UsageException("Cannot read the run from " + source + ": unknown key " + key
                        + ", expected one that ./dreambooth keys lists. Did you mean "
                        + Nearest.to(key, new TreeMap<>(KNOWN).keySet()) + "?");
            }
        }
    }

    private static boolean asksFor(Later later, String value) {
        return !value.isBlank() && !value.strip().toLowerCase(Locale.ROOT).equals(later.without());
    }
}
